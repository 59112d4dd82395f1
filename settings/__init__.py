"""How a setting is written, found and read; config.py has the settings themselves."""
