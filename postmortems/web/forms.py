from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Every form and field goes through one pair of templates."""

    form_template_name = "form/form.html"
    field_template_name = "form/field.html"
