"""Who asks: signed in as allauth does it, read as cheaply as every request needs it."""

from typing import Any
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from allauth.headless.tokens.strategies.sessions import SessionTokenStrategy
from django.contrib.auth import SESSION_KEY

from jishi.identity.accounts.models import User
from jishi.identity.sessions import SessionStore
from jishi.kernel import db


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's own, but a person is read by one prepared statement: every request asks for one."""

    def get_user(self, user_id: Any) -> User | None:
        """Return the person whom a session names, unless he is blocked."""
        user = db.instance(User, "id = %s", [UUID(str(user_id))])
        return user if user and self.user_can_authenticate(user) else None


class TokenStrategy(SessionTokenStrategy):  # type: ignore[misc]
    """Tokens are session keys; a session is opened once for each request, not looked up and then opened."""

    def lookup_session(self, session_token: str) -> SessionStore | None:
        """Return the session of a token; None when it is unknown or over."""
        session = SessionStore(session_token)
        session.get(SESSION_KEY)  # loads it; a key that opens nothing is forgotten
        return session if session.session_key else None
