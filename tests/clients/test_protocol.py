"""What every gRPC tool expects of a server: health and reflection, and probes over HTTP."""

import urllib.request

from google.protobuf import descriptor_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2

SERVICE = "zhenshi.v1.ValidationService"
DEADLINE_S = 15


def test_health_needs_no_token(channel):
    stub = health_pb2_grpc.HealthStub(channel)
    for service in ("", SERVICE):
        answer = stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=DEADLINE_S)
        assert answer.status == health_pb2.HealthCheckResponse.SERVING, service


def reflect(channel, request):
    """One question to grpc.reflection.v1, whose messages are those of v1alpha, for which grpcio has the classes."""
    ask = channel.stream_stream(
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
        response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
    )
    (answer,) = ask(iter([request]), timeout=DEADLINE_S)
    return answer


def test_reflection_lists_the_services(channel):
    answer = reflect(channel, reflection_pb2.ServerReflectionRequest(list_services=""))
    names = {service.name for service in answer.list_services_response.service}
    assert {SERVICE, "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"} <= names


def test_reflection_describes_every_rpc(channel):
    request = reflection_pb2.ServerReflectionRequest(file_containing_symbol=SERVICE)
    files = [
        descriptor_pb2.FileDescriptorProto.FromString(encoded)
        for encoded in reflect(channel, request).file_descriptor_response.file_descriptor_proto
    ]
    (service,) = [service for file in files for service in file.service if service.name == "ValidationService"]
    assert [method.name for method in service.method] == [
        "ValidateApplication",
        "ValidateApplications",
        "GetSubmission",
        "ListSubmissions",
        "ExplainCertificate",
    ]


def test_probes_answer_over_http(service):
    for path in ("healthz", "readyz"):
        with urllib.request.urlopen(f"http://{service.http}/{path}", timeout=DEADLINE_S) as answer:
            assert answer.status == 200
