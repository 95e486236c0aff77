"""phanbo (*phân bổ*): ranked, legal, verified reallocation of public-investment capital."""
