using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
using DurableChat.AspNetCore;
using DurableChat.Integration.Tests.Streaming;
using DurableChat.Sqlite;
using DurableChat.Tests.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Xunit;

namespace DurableChat.Integration.Tests.Embedding;

/// <summary>Somebody else's application, with its own way of knowing users: the header <c>X-User</c> names them, <c>X-Tenant</c> where they belong.</summary>
internal sealed class EmbeddedApp : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly WebApplication _app;

    private EmbeddedApp(WebApplication app, TemporaryFolder folder)
    {
        _app = app;
        _folder = folder;
        Url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
    }

    public string Url { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<EmbeddedApp> StartAsync(IChatClient model, Action<DurableChatBuilder>? configure = null, Action<IEndpointConventionBuilder>? protect = null)
    {
        var folder = new TemporaryFolder();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>("test", null);
        builder.Services.AddAuthorization();
        builder.Services.AddSingleton(model);
        var chat = builder.Services.AddDurableChat(options => options.Worker.DrainTime = TimeSpan.Zero).UseSqlite(folder.File("chats.db"));
        configure?.Invoke(chat);
        var app = builder.Build();
        var endpoints = app.MapDurableChat("/chat");
        (protect ?? (group => group.RequireAuthorization()))(endpoints);
        app.MapDurableChatAiSdk();
        await app.StartAsync();
        return new EmbeddedApp(app, folder);
    }

    public HttpClient Client(string? user = null, string? tenant = null)
    {
        var http = new HttpClient { BaseAddress = new Uri($"{Url}/chat/") };
        if (user is not null)
        {
            http.DefaultRequestHeaders.Add("X-User", user);
        }

        if (tenant is not null)
        {
            http.DefaultRequestHeaders.Add("X-Tenant", tenant);
        }

        return http;
    }

    /// <summary>Creates a chat and follows it until its turn ends.</summary>
    public static async Task<Screen> AskAsync(HttpClient http, string content)
    {
        using var response = await http.PostAsJsonAsync("chats", new { content });
        Assert.Equal(System.Net.HttpStatusCode.Created, response.StatusCode);
        var chat = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        return await SseClient.FollowAsync(http, $"chats/{chat}/stream", screen => screen.Status is "error" || (screen.Status is "waiting" && screen.Ids.Count > 1 && screen.Texts[^1] != "#"));
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    private sealed class HeaderAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (!Request.Headers.TryGetValue("X-User", out var user))
            {
                return Task.FromResult(AuthenticateResult.NoResult());
            }

            Claim[] claims = [new(user == "nameless" ? ClaimTypes.Role : ClaimTypes.NameIdentifier, user!), new("tenant", Request.Headers["X-Tenant"].ToString())];
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(claims, "test")), "test")));
        }
    }
}
