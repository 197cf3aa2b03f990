"""Client of Masthead, a headless content API for publishers."""

from . import models
from .calls import AllOf
from .changes import (
    Batch,
    Change,
    Deleted,
    Filters,
    Upserted,
    acknowledge_changes,
    async_acknowledge_changes,
    async_follow_changes,
    follow_changes,
)
from .client import AsyncMasthead, Masthead
from .errors import MastheadError
from .html import Alternate, Picture, alternates, object_position, picture
from .pages import Page, async_items, async_pages, items, pages
from .webhooks import WebhookError, WebhookMessage, verify_webhook

__all__ = [
    "AllOf",
    "Alternate",
    "AsyncMasthead",
    "Batch",
    "Change",
    "Deleted",
    "Filters",
    "Masthead",
    "MastheadError",
    "Page",
    "Picture",
    "Upserted",
    "WebhookError",
    "WebhookMessage",
    "acknowledge_changes",
    "alternates",
    "async_acknowledge_changes",
    "async_follow_changes",
    "async_items",
    "async_pages",
    "follow_changes",
    "items",
    "models",
    "object_position",
    "pages",
    "picture",
    "verify_webhook",
]
