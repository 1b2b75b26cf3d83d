using DurableChat;
using DurableChat.AspNetCore;
using DurableChat.PostgreSql;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.AI;
using Samples;

// One replica: start two of them, with different --urls and the same database.
var builder = WebApplication.CreateBuilder(args);
builder.Services.AddAuthentication().AddBearerToken();
builder.Services.AddAuthorization();

// All replicas must be able to read each other's tokens.
builder.Services.AddDataProtection()
    .SetApplicationName("cluster-sample")
    .PersistKeysToFileSystem(new DirectoryInfo(builder.Configuration["Keys"] ?? "keys"));

builder.Services.AddSingleton<IChatClient>(
    new DemoChatClient(TimeSpan.FromMilliseconds(builder.Configuration.GetValue("Pause", 30))));

builder.Services.AddDurableChat()
    .UsePostgreSql(builder.Configuration["Database"] ?? "Host=localhost;Database=chats")
    .UseRelay(relay => builder.Configuration.GetSection("Relay").Bind(relay));

builder.Services.AddOptions<DurableChatOptions>().BindConfiguration("DurableChat");
builder.Services.AddHealthChecks().AddDurableChat("ready");

var app = builder.Build();
app.MapHealthChecks("/readyz", new() { Predicate = check => check.Tags.Contains("ready") });
app.MapDemoLogin();
app.MapDurableChat("/chat").RequireAuthorization();
app.Run();
