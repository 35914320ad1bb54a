"""The training recipes: every setting of a training besides its data."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from worker.recognition.evaluation.datasets import Mnist
from worker.recognition.training.augmentation import Strength

WEAK_AUGMENTATION = Strength(
    rotation=0.13, shear=0.12, stretch=0.09, shift=1.0, elastic=0.8, degraded=0.4
)


@dataclass(frozen=True)
class Recipe:
    """The settings of one training."""

    name: str
    architecture: str = "cnn"
    epochs: int = 10
    batch: int = 128  # MNIST pictures a step
    outliers: int = 32  # pictures of no digit a step
    drawn: int = 8  # synthetic digits a step: barred sevens, ones with a base, …
    varied: int = 0  # digits with strokes added or left out a step, labelled by the champion
    corrected: int = 16  # corrections a step, where there are as many
    steps: int | None = None  # an epoch; None: as many as show each MNIST picture once
    tunes: bool = False  # starts from the champion's weights
    distillation: float = 0.0  # weight of the champion's scores, kept on all but corrections
    averaging_stages: int = 0  # each a fifth as long as the main stage; their weights are averaged
    learning_rate: float = 2e-3  # at its peak; it falls along a cosine (Loshchilov, Hutter 2017)
    weight_decay: float = 0.02
    strength: Strength | None = field(default_factory=Strength)  # None: no augmentation
    validation_split: int = 2000  # training pictures set aside for calibration
    seed: int = 2026

    def adapted(self, *, architecture: str | None = None, epochs: int | None = None) -> Recipe:
        """The same recipe for another network, or with another number of epochs."""
        return replace(
            self,
            architecture=architecture or self.architecture,
            epochs=epochs or self.epochs,
        )

    @property
    def pictures(self) -> int:
        """The pictures a step besides the corrections."""
        return self.batch + self.outliers + self.drawn + self.varied

    def stages(self) -> list[Recipe]:
        """The recipe as the stages of the training: the main one, then those to average."""
        share = self.epochs // (5 + self.averaging_stages)
        main = replace(self, epochs=self.epochs - self.averaging_stages * share, averaging_stages=0)
        if not share or not self.averaging_stages:
            return [replace(main, epochs=self.epochs)]
        stages = [self._averaging_stage(number, share) for number in range(self.averaging_stages)]
        return [main, *stages]

    def _averaging_stage(self, number: int, epochs: int) -> Recipe:
        """Weaker augmentation, more synthetic digits, and a learning rate that falls further."""
        return replace(
            self,
            epochs=epochs,
            averaging_stages=0,
            outliers=self.outliers + 8,
            drawn=28,
            learning_rate=self.learning_rate * (0.4, 0.35, 0.25)[min(number, 2)],
            strength=WEAK_AUGMENTATION,
            seed=self.seed + 1 + number,
        )

    def steps_on(self, mnist: Mnist) -> int:
        """The number of batches an epoch."""
        return max(1, min(len(mnist) // self.batch, self.steps or len(mnist)))


RECIPES = {
    # Corrections on top of what the champion knows: about a minute on two cores. With the labels
    # of MNIST in place of the champion's scores it forgets other styles; with Kullback-Leibler
    # divergence in place of squared differences too. `python -m benchmarks.fine_tune` measures it.
    "fine-tune": Recipe(
        "fine-tune",
        epochs=4,
        steps=40,
        batch=32,
        outliers=16,
        varied=88,
        corrected=24,
        learning_rate=3e-4,
        weight_decay=0.0,
        distillation=1.5,
        tunes=True,
    ),
    # About five minutes on two cores.
    "quick": Recipe("quick", epochs=5, learning_rate=3e-3),
    # The recipe of the model that ships: under an hour on two cores.
    "full": Recipe("full", epochs=64, averaging_stages=3),
    # The recipe of the original project: Adam, 10 epochs, batches of 32, MNIST alone.
    "origin": Recipe(
        "origin",
        architecture="mlp",
        epochs=10,
        batch=32,
        outliers=0,
        drawn=0,
        corrected=0,
        learning_rate=1e-3,
        weight_decay=0.0,
        strength=None,
    ),
}
