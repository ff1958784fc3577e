from django.urls import path, register_converter
from django.urls.converters import StringConverter

from postmortems.publication.outside import views


class Side(StringConverter):
    regex = "public|partners"


class Key(StringConverter):
    regex = "[A-Za-z0-9_-]{10,64}"


class Year(StringConverter):
    regex = "2[0-9]{3}"
    to_python = int


class Number(StringConverter):
    """From 1, as it is written: a text has one address for each."""

    regex = "[1-9][0-9]{0,8}"
    to_python = int


class Feed(StringConverter):
    regex = "atom|json"


class Picture(StringConverter):
    regex = r"[0-9a-f]{64}\.[a-z]{3,4}"


for name, converter in {
    "side": Side,
    "key": Key,
    "year": Year,
    "number": Number,
    "feed": Feed,
    "picture": Picture,
}.items():
    register_converter(converter, name)

app_name = "outside"
urlpatterns = [
    path("robots.txt", views.robots, name="robots"),
    path("public/", views.front, name="front"),
    path("public/<year:year>/", views.year, name="year"),
    path("public/feed.<feed:kind>", views.feed, name="feed"),
    path("<side:side>/<key:key>/", views.page, name="newest"),
    path("<side:side>/<key:key>/<number:number>/", views.page, name="twin"),
    path("<side:side>/<key:key>/<number:number>.pdf", views.pdf, name="pdf"),
    path("<side:side>/<key:key>/<number:number>.json", views.document, name="document"),
    path("<side:side>/<key:key>/images/<picture:name>", views.image, name="image"),
    path("<side:side>/<key:key>/<number:number>/images/<picture:name>", views.image, name="image_of"),
]
