"""The pages: one module for each subject, each with its `router`."""

from fastapi import APIRouter

from evidence.web.pages import home, login

ROUTERS: tuple[APIRouter, ...] = (home.router, login.router)
