"""The console: the office's pages at /admin/. Decides nothing; what is done, office/ and broadcasts/ do."""
