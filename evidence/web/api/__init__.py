"""The JSON API: one module for each subject, each with its `router`."""

from fastapi import APIRouter

ROUTERS: tuple[APIRouter, ...] = ()
