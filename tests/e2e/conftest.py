from tests.installation import relay, service, settings, telegram

__all__ = ["relay", "service", "settings", "telegram"]
