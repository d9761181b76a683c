"""The pages: one module for each subject, each with its `router`."""

from fastapi import APIRouter

from evidence.web.pages import (
    account,
    adjudication,
    agreement,
    decisions,
    documents,
    dual,
    dual_reading,
    entering,
    exports,
    flags,
    home,
    jobs,
    login,
    pooled,
    review,
    search,
    studies,
    users,
)

ROUTERS: tuple[APIRouter, ...] = (
    account.router,
    adjudication.router,
    agreement.router,
    decisions.router,
    documents.router,
    dual.router,
    dual_reading.router,
    entering.router,
    exports.router,
    flags.router,
    home.router,
    jobs.router,
    login.router,
    pooled.router,
    review.router,
    search.router,
    studies.router,
    users.router,
)
