"""All that is known of Telegram."""
