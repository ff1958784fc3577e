from django.apps import AppConfig


class WriteupConfig(AppConfig):
    name = "postmortems.writeup"
