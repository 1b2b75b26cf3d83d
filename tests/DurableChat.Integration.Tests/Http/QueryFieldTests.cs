using System.Net;
using System.Text.Json;
using Xunit;

namespace DurableChat.Integration.Tests.Http;

/// <summary>A query field that an endpoint does not know is refused like an unknown field of a body.</summary>
public sealed class QueryFieldTests
{
    [Fact]
    public async Task Every_endpoint_of_the_description_refuses_fields_it_does_not_know_and_knows_those_it_describes()
    {
        await using var server = await TestServer.StartAsync();
        var document = JsonDocument.Parse(await server.Http.GetStringAsync(new Uri($"{server.Url}/openapi/v1.json"))).RootElement;
        var known = 0;
        foreach (var (method, path, fields) in Endpoints(document))
        {
            var (status, body) = await CallAsync(server, method, $"{path}?no_such_field=1");
            Assert.Equal((path, HttpStatusCode.BadRequest), (path, status));
            var problem = JsonDocument.Parse(body).RootElement;
            Assert.Equal(("invalid_field", "no_such_field"), (problem.GetProperty("code").GetString(), problem.GetProperty("field").GetString()));
            foreach (var field in fields)
            {
                Assert.Contains($"'{field}'", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
                Assert.DoesNotContain("no such query field", (await CallAsync(server, method, $"{path}?{field.ToUpperInvariant()}=1")).Body, StringComparison.Ordinal);
                known++;
            }
        }

        Assert.True(known > 10);
    }

    [Theory]
    [InlineData("/?utm_source=letter")]
    [InlineData("/healthz?now=1")]
    [InlineData("/readyz?now=1")]
    [InlineData("/metrics?name=x")]
    public async Task What_is_no_part_of_the_api_takes_any_query(string path)
    {
        await using var server = await TestServer.StartAsync();
        Assert.NotEqual(HttpStatusCode.BadRequest, (await CallAsync(server, "get", path)).Status);
    }

    private static IEnumerable<(string Method, string Path, string[] Fields)> Endpoints(JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        from method in path.Value.EnumerateObject()
        let parameters = method.Value.TryGetProperty("parameters", out var all) ? all.EnumerateArray() : default
        select (
            method.Name,
            path.Name.Replace("{messageId}", "1", StringComparison.Ordinal).Replace("{queuedId}", "1", StringComparison.Ordinal).Replace("{id}", "none", StringComparison.Ordinal).Replace("{chat}", "none", StringComparison.Ordinal),
            parameters.Where(parameter => parameter.GetProperty("in").GetString() == "query").Select(parameter => parameter.GetProperty("name").GetString()!).ToArray());

    private static async Task<(HttpStatusCode Status, string Body)> CallAsync(TestServer server, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method.ToUpperInvariant()), new Uri($"{server.Url}{path}"));
        using var response = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        // A stream that opens has no end.
        return (response.StatusCode, response.Content.Headers.ContentType?.MediaType == "text/event-stream" ? "" : await response.Content.ReadAsStringAsync());
    }
}
