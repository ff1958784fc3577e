from django.urls import path

from postmortems.writeup.templating.views import editing, following, templates

urlpatterns = [
    # the organisation's templates
    path("settings/templates/", templates.templates, name="templates"),
    path("settings/templates/new/", editing.new, name="new_template"),
    path("settings/templates/house/", templates.house, name="house_template"),
    path("settings/templates/<int:pk>/", templates.template, name="template"),
    path("settings/templates/<int:pk>/about/", templates.about, name="template_about"),
    path("settings/templates/<int:pk>/edit/", editing.edit, name="edit_template"),
    path("settings/templates/<int:pk>/compare/", templates.compare, name="compare_template"),
    path("settings/templates/<int:pk>/retire/", templates.retire, name="retire_template"),
    path("settings/templates/<int:pk>/<int:number>.json", templates.download, name="template_file"),
    # what one write-up follows
    path("incidents/<str:ref>/write-up/template/", following.outline, name="outline"),
    path("incidents/<str:ref>/write-up/template/follow/", following.follow, name="follow"),
    path("incidents/<str:ref>/write-up/template/leave/", following.leave, name="leave"),
]
