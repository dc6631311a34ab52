"""The domain and its store: what an idea is, where it goes, and how nothing of it is lost."""
