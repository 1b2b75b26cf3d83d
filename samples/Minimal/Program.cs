using DurableChat.AspNetCore;
using DurableChat.Sqlite;
using Microsoft.Extensions.AI;
using Samples;

var builder = WebApplication.CreateBuilder(args);

// Your application's own: how people sign in.
builder.Services.AddAuthentication().AddBearerToken();
builder.Services.AddAuthorization();

// Your model. This one needs no key.
builder.Services.AddSingleton<IChatClient>(new DemoChatClient());

builder.Services.AddDurableChat().UseSqlite(builder.Configuration["Chats"] ?? "chats.db");

var app = builder.Build();
app.UseWebSockets();
app.MapDemoLogin();
app.MapDurableChat("/chat").RequireAuthorization();
app.Run();
