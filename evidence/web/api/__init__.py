"""The JSON API: one module for each subject, each with its `router`."""

from fastapi import APIRouter

from evidence.web.api import decisions, dual, exports, jobs, pooled, rows, users

ROUTERS: tuple[APIRouter, ...] = (
    rows.router,
    decisions.router,
    dual.router,
    jobs.router,
    pooled.router,
    exports.router,
    users.router,
)
