"""The pages: one module for each subject, each with its `router`."""

from fastapi import APIRouter

from evidence.web.pages import account, decisions, documents, entering, home, jobs, login, review, search, users

ROUTERS: tuple[APIRouter, ...] = (
    account.router,
    decisions.router,
    documents.router,
    entering.router,
    home.router,
    jobs.router,
    login.router,
    review.router,
    search.router,
    users.router,
)
