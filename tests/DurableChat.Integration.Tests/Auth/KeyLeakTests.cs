using System.Text;
using DurableChat.Integration.Tests.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace DurableChat.Integration.Tests.Auth;

/// <summary>
/// Keys of models are searched for in all that the server says and keeps, while a provider repeats them in its errors.
/// </summary>
[Collection(nameof(MetricsCollection))]
public sealed class KeyLeakTests
{
    private const string Inline = "sk-inline-0123456789abcdef";
    private const string FromVariable = "sk-variable-0123456789abcdef";
    private const string Variable = "DURABLECHAT_TEST_MODEL_KEY";

    [Theory]
    [InlineData("openai", "status")]
    [InlineData("openai", "stream")]
    [InlineData("anthropic", "status")]
    [InlineData("anthropic", "stream")]
    public async Task Keys_of_models_are_nowhere(string provider, string failure)
    {
        Environment.SetEnvironmentVariable(Variable, FromVariable);
        await using var stub = await StartProviderAsync(failure);
        using var logs = new CapturedLogs();
        var url = stub.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        string[] Model(int i, string name, string key) =>
        [
            $"Models:{i}:Name={name}", $"Models:{i}:Provider={provider}", $"Models:{i}:Model=m", $"Models:{i}:Endpoint={url}{(provider == "openai" ? "/v1" : string.Empty)}", $"Models:{i}:{key}",
        ];
        await using var server = await TestServer.StartWithAsync(logs.AddTo, [.. Model(3, "inline", $"ApiKey={Inline}"), .. Model(4, "variable", $"ApiKeyVariable={Variable}"), "DurableChat:Worker:MaxAttempts=1"]);

        var said = new StringBuilder();
        foreach (var model in new[] { "inline", "variable" })
        {
            var chat = await server.CreateAsync(model: model);
            var screen = await server.FollowAsync(chat, shown => shown.Status == "error");
            said.AppendJoin('\n', screen.Log);
            foreach (var route in new[] { $"chats/{chat}", $"chats/{chat}/messages", $"ops/feeds/{chat}", "chats", "models", "ops/feeds", "/metrics", "/openapi/v1.json", "/readyz", $"chats/{chat}/stream?after_id=x" })
            {
                using var response = await server.Http.GetAsync(new Uri(route, UriKind.RelativeOrAbsolute));
                said.Append(response.Headers).Append(await response.Content.ReadAsStringAsync());
            }
        }

        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(server.Database)!).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
        {
            await using var stored = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stored, Encoding.Latin1);
            said.Append(await reader.ReadToEndAsync());
        }

        // The log shows that something was cut out.
        Assert.Contains("repeats [key]", logs.Text, StringComparison.Ordinal);
        Assert.Contains("failed at attempt", logs.Text, StringComparison.Ordinal);
        Assert.Contains("SQLite format", said.ToString(), StringComparison.Ordinal);
        said.Append(logs.Text);
        Assert.DoesNotContain(Inline, said.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(FromVariable, said.ToString(), StringComparison.Ordinal);
    }

    /// <summary>
    /// A provider that repeats the key it was given, in the answer's status or in the middle of a good answer.
    /// </summary>
    private static async Task<WebApplication> StartProviderAsync(string failure)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.Run(async context =>
        {
            var key = context.Request.Headers.TryGetValue("x-api-key", out var given) ? given.ToString() : context.Request.Headers.Authorization.ToString();
            var error = """{"type":"error","error":{"message":"repeats KEY","type":"x","code":"y"}}""".Replace("KEY", key.Replace("Bearer ", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
            context.Response.Headers["X-Key"] = key;
            if (failure == "status")
            {
                context.Response.StatusCode = 401;
                context.Response.ContentType = "application/json";
                await context.Response.WriteAsync(error);
                return;
            }

            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync($"event: error\ndata: {error}\n\n");
        });
        await app.StartAsync();
        return app;
    }
}
