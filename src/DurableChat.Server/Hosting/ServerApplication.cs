using System.Net;
using System.Text.Json;
using DurableChat.AspNetCore;
using DurableChat.Diagnostics;
using DurableChat.Models;
using DurableChat.Server.Auth;
using DurableChat.Server.Configuration;
using DurableChat.Server.Http;
using DurableChat.Server.Limits;
using DurableChat.Server.Logging;
using DurableChat.Server.Models;
using DurableChat.Server.Pages;
using DurableChat.Server.Recorders;
using DurableChat.Server.Stores;
using DurableChat.Storage;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Scalar.AspNetCore;

namespace DurableChat.Server.Hosting;

/// <summary>Puts the server together.</summary>
internal static class ServerApplication
{
    /// <summary>The setting, and on the command line the option, that says where to listen.</summary>
    public const string UrlsSetting = "urls";

    private const string DefaultUrl = "http://127.0.0.1:8080";
    private const string ApiPrefix = "/api/v1";

    /// <summary>
    /// How many connections may wait to be accepted. Thousands come at once when a replica has gone, and one that finds
    /// no room tries again after a second, then three, then seven. The kernel has a limit of
    /// its own (<c>net.core.somaxconn</c>).
    /// </summary>
    private const int ConnectionBacklog = 16_384;

    /// <summary>
    /// What load balancers usually need until they have noticed. On one machine nothing has to notice.
    /// </summary>
    private static readonly TimeSpan _drainDelay = TimeSpan.FromSeconds(5);

    /// <summary>Builds the application; it opens its database here and listens nowhere yet.</summary>
    /// <exception cref="ConfigurationException">The configuration is wrong.</exception>
    /// <exception cref="ChatStoreException">The database cannot be opened.</exception>
    /// <param name="options">What the command line says.</param>
    /// <param name="settings">
    /// Settings in the form <c>Section:Name=value</c>, which count more than the configuration.
    /// </param>
    /// <param name="configure">Changes what it is built of, last; null for nothing.</param>
    public static WebApplication Build(ServeOptions options, IReadOnlyList<string> settings, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = ServerConfiguration.CreateBuilder(settings);
        var configuration = builder.Configuration;
        var auth = AuthConfiguration.Read(configuration);
        var urls = options.Urls ?? configuration["urls"] ?? DefaultUrl;
        ListenAddress.Check(UrlsSetting, urls);
        ListenAddress.RefuseOthers(UrlsSetting, configuration);
        RefuseOpenServer(urls, auth);
        builder.WebHost.UseUrls(urls);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.Backlog = ConnectionBacklog);
        TextLog.Add(builder.Logging.ClearProviders());
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

        // Each request of a load balancer would log what /readyz answers.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);

        // The host logs a start that fails with a stack trace; the command says it in a sentence. A background service
        // that fails ends the host and is critical.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        if (configuration["Logging:Format"] == "json")
        {
            builder.Logging.ClearProviders().AddJsonConsole();
        }

        SecurityHeaders.Add(builder.Services);
        Readiness.Add(builder.Services);
        QueryRedaction.Add(builder.Services);
        var warnings = new List<string>();
        AddDurableChat(builder, options, warnings.Add);
        AddHttp(builder, auth, urls);
        AddMetrics(builder);
        configure?.Invoke(builder);
        var app = builder.Build();
        Map(app, auth);
        app.Lifetime.ApplicationStarted.Register(() =>
            ActivatorUtilities.CreateInstance<ModelWarnings>(app.Services).Report(warnings));
        return app;
    }

    /// <summary>
    /// Where nobody is asked, everybody who can reach the server is the owner of everything, so only this machine may.
    /// </summary>
    private static void RefuseOpenServer(string urls, AuthConfiguration auth)
    {
        if (!auth.IsOpen)
        {
            return;
        }

        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!IsLoopback(url))
            {
                throw new ConfigurationException(
                    $"The server would listen on {url} without asking who calls. Configure tokens ('./durablechat token --owner NAME' makes one) or an issuer (Auth:Oidc), or listen on 127.0.0.1 only.");
            }
        }
    }

    /// <summary>True if only this machine can reach an address.</summary>
    /// <exception cref="ConfigurationException">It is no address.</exception>
    internal static bool IsLoopback(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return address.IsUnixPipe
                || string.Equals(address.Host, "localhost", StringComparison.OrdinalIgnoreCase)
                || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
        }
        catch (FormatException)
        {
            throw new ConfigurationException($"'{url}' is not an address to listen on. An example: {DefaultUrl}");
        }
    }

    private static void AddDurableChat(WebApplicationBuilder builder, ServeOptions options, Action<string> warn)
    {
        var settings = Settings.Read<DurableChatOptions>(builder.Configuration, "DurableChat") ?? new DurableChatOptions();
        settings.Feeds.WindowMessages = options.DurableWindow ?? settings.Feeds.WindowMessages;
        if (settings.Validate() is [_, ..] problems)
        {
            throw new ConfigurationException($"The configuration is wrong. {string.Join(' ', problems)}");
        }

        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(ModelCatalogFactory.Create(builder.Configuration, TimeProvider.System, RecorderSetup.Add(builder, options), warn));
        builder.Services.AddSingleton(services => CurrentTimeTool.Create(services.GetRequiredService<TimeProvider>()));
        StoreSetup.Add(builder.Services.AddDurableChatCore(settings), options, builder.Configuration);
        WatchedLeases.Add(builder.Services);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = (2 * settings.Worker.DrainTime) + TimeSpan.FromSeconds(10));
    }

    private static void AddHttp(WebApplicationBuilder builder, AuthConfiguration auth, string urls)
    {
        var settings = Settings.Read<DurableChatHttpOptions>(builder.Configuration, "Http") ?? new DurableChatHttpOptions();
        RefuseBadHttp(settings);
        settings.DrainDelay ??= urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).All(IsLoopback) ? TimeSpan.Zero : _drainDelay;
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout += settings.DrainDelay.Value);
        builder.Services.AddDurableChatHttp(settings);
        var limits = HttpLimits.Read(builder.Configuration);
        builder.WebHost.ConfigureKestrel(kestrel => KestrelLimits.Apply(kestrel.Limits, limits, settings.MaxBodyBytes));
        builder.Services.AddSingleton(limits).AddSingleton<ConnectionPlaces>();

        // The web server asks the factory that was added last first.
        builder.Services.AddSingleton<IConnectionListenerFactory, CountedListenerFactory>();
        builder.Services.AddSingleton(_ => new RequestRate(limits, auth.IsOpen));
        CorsSetup.Add(builder.Services, settings);
        AuthSetup.Add(builder.Services, auth);

        // Nothing here is protected with it; the default would write keys to the home folder.
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddProblemDetails();
        ApiDescription.Add(builder.Services);
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);
        if (auth.IsOpen)
        {
            // A page of a foreign site whose name is made to point at this machine must not get in (DNS rebinding).
            builder.Services.Configure<Microsoft.AspNetCore.HostFiltering.HostFilteringOptions>(hosts => hosts.AllowedHosts = ["localhost", "127.0.0.1", "[::1]"]);
        }
    }

    private static void RefuseBadHttp(DurableChatHttpOptions settings)
    {
        if (settings.Validate() is [_, ..] problems)
        {
            throw new ConfigurationException($"The configuration is wrong. {string.Join(' ', problems.Select(problem => $"Http: {problem}"))}");
        }
    }

    private static void AddMetrics(WebApplicationBuilder builder) => builder.Services.AddOpenTelemetry()
        .ConfigureResource(resource => resource.AddService("durablechat"))
        .WithMetrics(metrics =>
        {
            metrics.AddMeter(DurableChatMeter.Name).AddAspNetCoreInstrumentation().AddRuntimeInstrumentation().AddPrometheusExporter(prometheus => prometheus.ScrapeResponseCacheDurationMilliseconds = 0);
            if (builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 })
            {
                metrics.AddOtlpExporter();
            }
        });

    private static void Map(WebApplication app, AuthConfiguration auth)
    {
        var places = app.Services.GetRequiredService<ConnectionPlaces>();
        app.Lifetime.ApplicationStarted.Register(places.Report);
        app.Use(next => context => places.ServeAsync(context, next));
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        if (auth.IsOpen)
        {
            app.UseHostFiltering();
        }

        app.UseCors();
        app.UseWebSockets();
        app.UseAuthentication();

        // Before authorization, so that requests that it refuses count as well.
        app.UseRequestRate();
        app.UseAuthorization();
        app.MapDurableChat(ApiPrefix).LimitRate();
        app.MapDurableChatAiSdk().LimitRate();
        app.MapDurableChatOperations(ApiPrefix, AuthSetup.OperatorPolicy).LimitRate();
        app.MapOpenApi().LimitRate();
        app.MapScalarApiReference("/docs", reference => reference
            .WithTitle("DurableChat").WithOpenApiRoutePattern("/openapi/{documentName}.json")
            .WithNonce().DisableDefaultFonts().DisableTelemetry().DisableAgent().DisableMcp());
        PageEndpoints.Map(app, PageEndpoints.Folder);
        app.MapGet("/healthz", () => Results.Text("ok")).ExcludeFromDescription();
        app.MapGet("/readyz", Readiness.CheckAsync).ExcludeFromDescription();
        app.MapPrometheusScrapingEndpoint("/metrics").RequireAuthorization(AuthSetup.OperatorPolicy).LimitRate();
    }
}
