"""The form of the Retrain page: the recipe, and the network that it trains."""

from __future__ import annotations

from wtforms import StringField
from wtforms.validators import AnyOf

from webapp.models.catalogue import ARCHITECTURES, FINE_TUNE, RECIPES
from webapp.platform.forms import Form


class TrainingForm(Form):
    """A training run to queue. A form without fields asks for a fine-tuning."""

    recipe = StringField(default=FINE_TUNE, validators=[AnyOf(list(RECIPES))])
    architecture = StringField(
        default=next(iter(ARCHITECTURES)), validators=[AnyOf(list(ARCHITECTURES))]
    )
