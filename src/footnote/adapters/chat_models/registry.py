"""Chat models by provider name; a vendor's SDK is imported only when chosen."""

CHAT_MODELS: dict[str, str] = {"openai": "footnote.adapters.chat_models.openai_compatible:create"}
