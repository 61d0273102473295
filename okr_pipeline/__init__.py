"""A pipeline that keeps an organisation's AI OKR cascade honest."""
