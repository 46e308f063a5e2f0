"""The peer: Django REST Framework on the same tables, as its own documentation shows it.

Serializers of models, viewsets, pages by cursor, JSON web tokens, rows narrowed to the reader's
roles by a subquery. Run as a program it makes its own tables (in a schema beside ours) and prints
a token of the coordinator.
"""

import os
from datetime import timedelta
from urllib.parse import urlsplit

import django
from django.conf import settings

_where = urlsplit(os.environ["DSN"])
settings.configure(
    SECRET_KEY="x" * 50,
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "rest_framework"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _where.path.strip("/"),
            "USER": _where.username,
            "PASSWORD": _where.password,
            "HOST": _where.hostname,
            "PORT": _where.port,
            "OPTIONS": {
                "pool": {"min_size": 4, "max_size": 10},
                "options": "-c search_path=peer,public",
            },
        }
    },
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [
            "rest_framework_simplejwt.authentication.JWTAuthentication"
        ],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()

from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection, models
from django.db.models import Count, Q
from django.urls import path
from rest_framework import pagination, serializers, viewsets
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.tokens import AccessToken

COORDINATOR = "coordinator@bench.example"


def table(name):
    return type("Meta", (), {"app_label": "bench", "db_table": name, "managed": False})


def below(model, **more):
    return models.ForeignKey(model, models.DO_NOTHING, **more)


class Row(models.Model):
    id = models.UUIDField(primary_key=True)

    class Meta:
        abstract = True


class Kept(Row):
    version = models.IntegerField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class Cohort(Row):
    reference = models.TextField()
    name = models.TextField()
    announced_capacity = models.IntegerField()
    Meta = table("cohorts")


class Collaboration(Row):
    reference = models.TextField()
    name = models.TextField()
    Meta = table("collaborations")


class Membership(Kept):
    cohort = below(Cohort)
    collaboration = below(Collaboration)
    status = models.TextField()
    waitlist_rank = models.IntegerField()
    override_reason = models.TextField()
    timezone = models.TextField()
    offered_at = models.DateTimeField()
    offer_expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField()
    activated_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    departure = models.TextField()
    counts_for_retention = models.BooleanField()
    is_returning = models.BooleanField()
    Meta = table("memberships")


class Grant(Kept):
    membership = below(Membership)
    cohort = below(Cohort)
    collaboration = below(Collaboration)
    number = models.IntegerField()
    reference = models.TextField()
    title = models.TextField()
    summary = models.TextField()
    status = models.TextField()
    Meta = table("grants")


class GrantVersion(Row):
    grant = below(Grant, related_name="versions")
    award_minor = models.BigIntegerField()
    currency = models.TextField()
    tax_treatment = models.TextField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    effective_at = models.DateTimeField()
    superseded_at = models.DateTimeField()
    Meta = table("grant_versions")


class Milestone(Kept):
    grant = below(Grant)
    number = models.IntegerField()
    reference = models.TextField()
    kind = models.TextField()
    title = models.TextField()
    is_parallel = models.BooleanField()
    needs_certification = models.BooleanField()
    status = models.TextField()
    opens_at = models.DateTimeField()
    due_on = models.DateField()
    timezone = models.TextField()
    due_at = models.DateTimeField()
    reported_at = models.DateTimeField()
    Meta = table("milestones")


class Terms(Row):
    milestone = below(Milestone, related_name="terms")
    amount_minor = models.BigIntegerField()
    Meta = table("milestone_terms")


class Role(Row):
    account_id = models.UUIDField()
    role = models.TextField()
    scope_id = models.UUIDField()
    Meta = table("role_assignments")


class Closure(models.Model):
    ancestor_id = models.UUIDField(primary_key=True)
    descendant_id = models.UUIDField()
    Meta = table("scope_closure")


class Activity(models.Model):
    position = models.BigAutoField(primary_key=True)
    verb = models.TextField()
    noun = models.TextField()
    subject_id = models.UUIDField()
    scope_id = models.UUIDField()
    from_status = models.TextField()
    to_status = models.TextField()
    account_id = models.UUIDField()
    reason = models.TextField()
    detail = models.JSONField()
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    Meta = table("activity")


def mine(request):
    """The ids of all that the reader's roles reach."""
    held = Role.objects.filter(account_id=request.user.username).values("scope_id")
    return Closure.objects.filter(ancestor_id__in=held).values("descendant_id")


def telling(of, *names, **nested):
    """A serializer of a model: these fields, or all."""
    meta = type("Meta", (), {"model": of, "fields": list(names) or "__all__"})
    return type(f"{of.__name__}Serializer", (serializers.ModelSerializer,), {"Meta": meta} | nested)


CohortRef = telling(Cohort, "id", "reference", "name")
CollaborationRef = telling(Collaboration, "id", "reference", "name")
GrantRef = telling(Grant, "id", "reference", "title")
MembershipSerializer = telling(Membership, cohort=CohortRef(), collaboration=CollaborationRef())
MilestoneSerializer = telling(
    Milestone,
    grant=GrantRef(),
    cohort=CohortRef(source="grant.cohort"),
    collaboration=CollaborationRef(source="grant.collaboration"),
    terms=telling(Terms, "amount_minor")(many=True),
)
ActivitySerializer = telling(
    Activity,
    *(field.name for field in Activity._meta.fields if field.name != "scope_id"),
)


class GrantSerializer(serializers.ModelSerializer):
    cohort = CohortRef(read_only=True)
    collaboration = CollaborationRef(read_only=True)
    versions = telling(GrantVersion)(many=True, read_only=True)

    class Meta:
        model = Grant
        fields = "__all__"
        read_only_fields = ("membership", "number", "reference", "status", "version")


class ByCreation(pagination.CursorPagination):
    page_size = 50
    ordering = ("created_at", "id")


class ByDueDate(ByCreation):
    ordering = ("due_at", "id")


class ByPosition(ByCreation):
    ordering = "position"


class Memberships(viewsets.ReadOnlyModelViewSet):
    serializer_class = MembershipSerializer
    pagination_class = ByCreation

    def get_queryset(self):
        return Membership.objects.select_related("cohort", "collaboration").filter(
            cohort_id=self.request.query_params["cohort_id"], id__in=mine(self.request)
        )


class Grants(viewsets.ModelViewSet):
    serializer_class = GrantSerializer

    def get_queryset(self):
        found = Grant.objects.select_related("cohort", "collaboration")
        return found.prefetch_related("versions").filter(id__in=mine(self.request))


class Milestones(viewsets.ReadOnlyModelViewSet):
    serializer_class = MilestoneSerializer
    pagination_class = ByDueDate

    def get_queryset(self):
        found = Milestone.objects.select_related(
            "grant", "grant__cohort", "grant__collaboration"
        ).prefetch_related("terms")
        return found.filter(
            grant__cohort_id=self.request.query_params["cohort_id"],
            grant_id__in=mine(self.request),
        )


class Activities(viewsets.ReadOnlyModelViewSet):
    serializer_class = ActivitySerializer
    pagination_class = ByPosition

    def get_queryset(self):
        return Activity.objects.filter(scope_id__in=mine(self.request))


class Metrics(APIView):
    def get(self, request, cohort_id):
        cohort = Cohort.objects.filter(id__in=mine(request)).get(id=cohort_id)
        taken = ("accepted", "onboarding", "active", "paused", "completed")
        members = Membership.objects.filter(cohort_id=cohort_id).aggregate(
            taken=Count("id", filter=Q(status__in=taken))
        )
        ended, planned = Q(status__in=("waived", "cancelled")), Q(status="planned")
        milestones = Milestone.objects.filter(grant__cohort_id=cohort_id).aggregate(
            in_force=Count("id", filter=~ended),
            reported=Count("id", filter=~ended & ~planned),
            accepted=Count("id", filter=Q(status__in=("accepted", "partially_accepted"))),
        )
        fill = members["taken"] / cohort.announced_capacity
        return Response({"cohort": CohortRef(cohort).data, "fill": fill, **members, **milestones})


class Me(APIView):
    def get(self, request):
        roles = Role.objects.filter(account_id=request.user.username)
        return Response(
            {
                "id": request.user.username,
                "email": request.user.email,
                "roles": list(roles.values("role", "scope_id")),
            }
        )


urlpatterns = [
    path("v1/me", Me.as_view()),
    path("v1/memberships", Memberships.as_view({"get": "list"})),
    path("v1/grants/<uuid:pk>", Grants.as_view({"get": "retrieve", "patch": "partial_update"})),
    path("v1/milestones", Milestones.as_view({"get": "list"})),
    path("v1/activity", Activities.as_view({"get": "list"})),
    path("v1/cohorts/<uuid:cohort_id>/metrics", Metrics.as_view()),
]
application = get_wsgi_application()


def prepare():
    """Make the tables of users, and return a token of the coordinator."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA IF NOT EXISTS peer")
    connection.close()
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM accounts WHERE email = %s", [COORDINATOR])
        (account_id,) = cursor.fetchone()
    user, _ = User.objects.get_or_create(username=str(account_id), email=COORDINATOR)
    token = AccessToken.for_user(user)
    token.set_exp(lifetime=timedelta(hours=3))
    return token


if __name__ == "__main__":
    print(prepare())
