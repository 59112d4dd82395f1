"""All that is known of LINE."""
