"""The settings: what is built in, then ``commons-ld.toml``, then the environment, then flags."""

from commons_ld.settings.loading import load_settings
from commons_ld.settings.tables import (
    AgentSettings,
    DatasetSettings,
    OutputSettings,
    PodcastSettings,
    PrivacySettings,
    ServeSettings,
    SessionSettings,
    Settings,
    StoreSettings,
    VocabularySettings,
    WikiSettings,
    documented,
)

__all__ = [
    "AgentSettings",
    "DatasetSettings",
    "OutputSettings",
    "PodcastSettings",
    "PrivacySettings",
    "ServeSettings",
    "SessionSettings",
    "Settings",
    "StoreSettings",
    "VocabularySettings",
    "WikiSettings",
    "documented",
    "load_settings",
]
