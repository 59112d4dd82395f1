"""The console of the office: its pages at /admin/."""
