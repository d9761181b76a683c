"""The JSON API: one module for each subject, each with its `router`."""

from fastapi import APIRouter

from evidence.web.api import decisions, exports, jobs, pooled, rows

ROUTERS: tuple[APIRouter, ...] = (rows.router, decisions.router, jobs.router, pooled.router, exports.router)
