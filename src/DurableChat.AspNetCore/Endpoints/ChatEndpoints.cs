using System.Text;
using System.Text.Json;
using DurableChat.AspNetCore.Bodies;
using DurableChat.AspNetCore.Identity;
using DurableChat.AspNetCore.Wire;
using DurableChat.Chats;
using DurableChat.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DurableChat.AspNetCore.Endpoints;

/// <summary>Chats: create, list, read, change, delete.</summary>
internal static class ChatEndpoints
{
    private const int DefaultPage = 50;
    private const int MaxPage = 200;

    public static void Map(RouteGroupBuilder group, DurableChatHttpOptions options)
    {
        group.MapPost("/chats", (HttpContext context, ChatService chats) => CreateAsync(context, chats, options))
            .WithName("CreateChat").WithSummary("Creates a chat with its first message and runs it; or with a history alone, and waits. Honours Idempotency-Key.")
            .Accepts<CreateChatRequest>("application/json").Produces<ChatResponse>(StatusCodes.Status201Created).ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status409Conflict);
        group.MapGet("/chats", ListAsync)
            .WithName("ListChats").WithSummary("Lists your chats, those changed last first.")
            .Produces<ChatListResponse>().ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapGet("/chats/{id}", GetAsync)
            .WithName("GetChat").WithSummary("Reads a chat without its history.")
            .Produces<ChatResponse>().ProducesProblem(StatusCodes.Status404NotFound);
        group.MapPatch("/chats/{id}", (string id, HttpContext context, ChatService chats) => UpdateAsync(id, context, chats, options))
            .WithName("UpdateChat")
            .WithSummary("Renames a chat, archives it or brings it back, or sets what answers its next messages.")
            .Accepts<UpdateChatRequest>("application/json").Produces<ChatResponse>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        group.MapDelete("/chats/{id}", DeleteAsync)
            .WithName("DeleteChat").WithSummary("Deletes a chat permanently.")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> CreateAsync(HttpContext context, ChatService chats, DurableChatHttpOptions options)
    {
        using var body = await RequestBody.ReadAsync(context, HttpJson.Strict.CreateChatRequest, options.MaxBodyBytes);
        if (body.Problem is not null)
        {
            return body.Problem;
        }

        var request = body.Value!;
        if (request.Content is null && request.History is not [_, ..])
        {
            return Problems.Invalid("content", "A chat begins with a message.");
        }

        if (ReadTools(request.ClientTools ?? [], out var tools) is { } problem)
        {
            return problem;
        }

        if (HistoryRequests.Read(request.History ?? [], out var history) is { } unread)
        {
            return unread;
        }

        if (!Idempotency.TryRead(context, body.Fingerprint, CommandResults.CreationOutcome, out var idempotency, out var invalid))
        {
            return invalid!;
        }

        var chat = new NewChat(request.Content)
        {
            Model = request.Model,
            Settings = request.Settings,
            MessageSettings = request.MessageSettings,
            Title = request.Title,
            ClientTools = tools,
            History = history,
        };
        return CommandResults.Created(await chats.CreateAsync(Owner.Of(context), chat, idempotency, context.RequestAborted), body.Fingerprint, context);
    }

    /// <summary>Reads the tools of a new chat; returns the problem with them, or null.</summary>
    internal static IResult? ReadTools(IReadOnlyList<ClientToolRequest> requested, out IReadOnlyList<ClientTool> tools)
    {
        var read = new List<ClientTool>(requested.Count);
        tools = read;
        for (var i = 0; i < requested.Count; i++)
        {
            if (requested[i]?.Name is not { } name)
            {
                return Problems.Invalid($"client_tools[{i}].name", "A tool has a name.");
            }

            if (requested[i].Parameters is { ValueKind: not JsonValueKind.Object })
            {
                return Problems.Invalid($"client_tools[{i}].parameters", "The parameters are a JSON Schema: an object.");
            }

            read.Add(new ClientTool(name, requested[i].Description ?? string.Empty, requested[i].Parameters?.GetRawText() ?? """{"type":"object"}"""));
        }

        return null;
    }

    private static async Task<IResult> ListAsync(HttpContext context, ChatService chats, string? limit = null, string? cursor = null, string? archived = null)
    {
        if (!Query.TryLimit(limit, DefaultPage, MaxPage, out var count))
        {
            return Problems.Invalid("limit", $"The limit is a number from 1 to {MaxPage}.");
        }

        ChatListKey? after = null;
        if (cursor is not null && !TryParseCursor(cursor, out after))
        {
            return Problems.Invalid("cursor", "The cursor is not one that a page of chats came with.");
        }

        bool? wanted = archived switch { null or "false" => false, "true" => true, _ => null };
        if (wanted is null && archived != "all")
        {
            return Problems.Invalid("archived", "'archived' is true, false or all.");
        }

        var page = await chats.ListAsync(Owner.Of(context), new ChatListQuery(count + 1, after, wanted), context.RequestAborted);
        var shown = page.Take(count).ToArray();
        return Results.Json(new ChatListResponse(shown, page.Count > count ? FormatCursor(shown[^1]) : null), HttpJson.Strict.ChatListResponse);
    }

    private static async Task<IResult> GetAsync(string id, HttpContext context, ChatService chats) =>
        ChatId.TryParse(id, out var chatId) && await chats.GetAsync(Owner.Of(context), chatId, context.RequestAborted) is { } chat
            ? Results.Json(ChatResponse.Of(chat), HttpJson.Strict.ChatResponse)
            : Problems.ChatNotFound();

    private static async Task<IResult> UpdateAsync(string id, HttpContext context, ChatService chats, DurableChatHttpOptions options)
    {
        using var body = await RequestBody.ReadAsync(context, HttpJson.Strict.UpdateChatRequest, options.MaxBodyBytes);
        if (body.Problem is not null)
        {
            return body.Problem;
        }

        var update = new UpdateChat(body.Value!.Title, body.Value.Archived)
        {
            Model = body.Value.Model,
            Settings = body.Value.Settings,
        };
        return ChatId.TryParse(id, out var chatId)
            ? CommandResults.Updated(
                await chats.ExecuteAsync(Owner.Of(context), chatId, update, null, context.RequestAborted))
            : Problems.ChatNotFound();
    }

    private static async Task<IResult> DeleteAsync(string id, HttpContext context, ChatService chats) =>
        ChatId.TryParse(id, out var chatId) && await chats.DeleteAsync(Owner.Of(context), chatId, context.RequestAborted)
            ? Results.NoContent()
            : Problems.ChatNotFound();

    private static string FormatCursor(ChatSummary last) =>
        Convert.ToBase64String(Encoding.ASCII.GetBytes($"{last.UpdatedAt.UtcTicks}.{last.Id}")).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static bool TryParseCursor(string text, out ChatListKey? key)
    {
        key = null;
        var padded = text.Replace('-', '+').Replace('_', '/');
        var bytes = new byte[padded.Length];
        if (!Convert.TryFromBase64String(padded + new string('=', (4 - (padded.Length % 4)) % 4), bytes, out var length))
        {
            return false;
        }

        if (Encoding.ASCII.GetString(bytes, 0, length).Split('.') is not [var ticks, var id]
            || !long.TryParse(ticks, System.Globalization.NumberStyles.None, null, out var time)
            || time > DateTimeOffset.MaxValue.UtcTicks
            || !ChatId.TryParse(id, out var chatId))
        {
            return false;
        }

        key = new ChatListKey(new DateTimeOffset(time, TimeSpan.Zero), chatId);
        return true;
    }
}
