"""The commands of bot.py, by what they are about; cli.py joins them."""
