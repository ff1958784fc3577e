from django.urls import include, path

app_name = "meetings"
urlpatterns = [
    path("", include(f"postmortems.meetings.{package}.urls"))
    for package in ("sitting", "deciding", "surveying", "planning")
]
