"""What people without an account read: the twins, at addresses of their own.

A reader costs one look into the cache (`keeping`). No session is opened, nobody is looked up, nothing is set.
"""
