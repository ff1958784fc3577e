from django.urls import path

from postmortems.writeup.images import views

urlpatterns = [
    path("incidents/<str:ref>/images/", views.gallery, name="images"),
    path("incidents/<str:ref>/images/add/", views.add, name="add_image"),
    path("incidents/<str:ref>/images/add/<slug:key>/", views.add_to_section, name="add_image_to_section"),
    path("incidents/<str:ref>/images/<int:number>/", views.image, name="image"),
    path("incidents/<str:ref>/images/<int:number>/words/", views.describe, name="describe_image"),
    path("incidents/<str:ref>/images/<int:number>/remove/", views.remove, name="remove_image"),
    path("incidents/<str:ref>/images/<int:number>/back/", views.put_back, name="put_image_back"),
    path("incidents/<str:ref>/images/<int:number>/moment/", views.moment, name="image_moment"),
    path("incidents/<str:ref>/images/<int:number>/no-moment/", views.leave_moment, name="leave_moment"),
    # pictures by the moment they show
    path("incidents/<str:ref>/images/of/<int:event>/", views.of_event, name="image_of_event"),
    path("incidents/<str:ref>/images/at/<int:event>/", views.at_event, name="image_at_event"),
]
