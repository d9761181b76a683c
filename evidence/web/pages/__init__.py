"""The pages: one module for each subject, each with its `router`."""

from fastapi import APIRouter

from evidence.web.pages import decisions, documents, entering, home, login, review, search

ROUTERS: tuple[APIRouter, ...] = (
    decisions.router,
    documents.router,
    entering.router,
    home.router,
    login.router,
    review.router,
    search.router,
)
