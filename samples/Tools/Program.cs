using System.ComponentModel;
using System.Security.Claims;
using DurableChat.AspNetCore;
using DurableChat.Diagnostics;
using DurableChat.Mcp;
using DurableChat.Sqlite;
using Microsoft.Extensions.AI;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Samples;
using Samples.Tools;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddAuthentication().AddBearerToken();
builder.Services.AddAuthorization();

builder.Services.AddDurableChat(options => builder.Configuration.GetSection("DurableChat").Bind(options))
    .UseSqlite(builder.Configuration["Chats"] ?? "chats.db")
    .AddModel("demo", new DemoChatClient(), "Echoes the message.")
    .AddTool(AIFunctionFactory.Create(
        ([Description("The name of a city.")] string city) => $"It is sunny in {city}.",
        "weather",
        "Returns the weather in a city."))
    .AddMcp(mcp => builder.Configuration.GetSection("Mcp").Bind(mcp))
    .UseOwner(context => context.User.FindFirstValue(ClaimTypes.NameIdentifier) is { } name ? $"user:{name}" : null)
    .AddTurnHook<PolitenessHook>()
    .AddCommitHook<AuditHook>();

builder.Services.AddOpenTelemetry()
    .WithMetrics(metrics => metrics.AddMeter(DurableChatMeter.Name))
    .WithTracing(tracing =>
    {
        tracing.AddSource(DurableChatActivitySource.Name);
        if (builder.Configuration["Trace"] == "console")
        {
            tracing.AddConsoleExporter();
        }
    });

var app = builder.Build();
app.MapDemoLogin();
app.MapDurableChat("/chat").RequireAuthorization();
app.Run();
