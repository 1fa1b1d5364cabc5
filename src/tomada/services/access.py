"""Signing in: users, passwords, sessions, one-time tickets for streams.

A session is a random reference; the database holds its SHA-256 only. Whether an account exists
cannot be learnt here: an unknown e-mail costs the same time and gives the same error as a wrong
password.
"""

import asyncio
import hashlib
import hmac
import ipaddress
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import structlog
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from uuid_utils.compat import uuid7

from tomada.domain.access import Session, SignIn
from tomada.domain.clock import Clock
from tomada.domain.errors import (
    InvalidCredentialsError,
    InvalidInputError,
    NotFoundError,
    TooManyAttemptsError,
    UnauthenticatedError,
)
from tomada.domain.ids import EntityId, UserId
from tomada.services.vault import Vault
from tomada.store.access import AttemptRows, SessionRow, SessionRows, UserRow, UserRows
from tomada.store.keys import KeyRows
from tomada.store.tx import Store
