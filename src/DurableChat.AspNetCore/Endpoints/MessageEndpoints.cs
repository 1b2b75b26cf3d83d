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

/// <summary>Messages: read pages, send, edit, interrupt, return tool results.</summary>
internal static class MessageEndpoints
{
    private const int DefaultPage = 100;
    private const int MaxPage = 500;

    public static void Map(RouteGroupBuilder group, DurableChatHttpOptions options)
    {
        group.MapGet("/chats/{id}/messages", ListAsync)
            .WithName("ListMessages").WithSummary("Reads a page of the history: the oldest messages after after_id, or the newest before before_id.")
            .Produces<MessagesResponse>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        Command(
            group.MapPost("/chats/{id}/messages", (string id, HttpContext context, ChatService chats) => SendAsync(id, context, chats, options))
                .WithName("SendMessage").WithSummary("Sends a message; while a turn runs it is queued or interrupts. Honours Idempotency-Key.")
                .Accepts<SendMessageRequest>("application/json"));
        Command(
            group.MapPatch("/chats/{id}/messages/{messageId}", (string id, string messageId, HttpContext context, ChatService chats) => EditAsync(id, messageId, context, chats, options))
                .WithName("EditMessage").WithSummary("Replaces a user message, removes what followed, and runs the chat from there. Honours Idempotency-Key.")
                .Accepts<EditMessageRequest>("application/json"));
        Command(
            group.MapPost("/chats/{id}/interrupt", InterruptAsync)
                .WithName("Interrupt").WithSummary("Stops the running turn and keeps what was answered so far."));
        Command(
            group.MapPost("/chats/{id}/tool-results", (string id, HttpContext context, ChatService chats) => SubmitAsync(id, context, chats, options))
                .WithName("SubmitToolResults").WithSummary("Answers client-side tool calls. Honours Idempotency-Key.")
                .Accepts<ToolResultsRequest>("application/json"));
    }

    /// <summary>The metadata that all commands share in the API's description.</summary>
    internal static void Command(RouteHandlerBuilder endpoint) => endpoint
        .Produces<CommandResponse>(StatusCodes.Status202Accepted)
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<IResult> ListAsync(
        string id, HttpContext context, ChatService chats, string? after_id = null, string? before_id = null, string? limit = null)
    {
        if (!Query.TryLimit(limit, DefaultPage, MaxPage, out var count))
        {
            return Problems.Invalid("limit", $"The limit is a number from 1 to {MaxPage}.");
        }

        if (after_id is not null && before_id is not null)
        {
            return Problems.Invalid("before_id", "Give after_id or before_id, not both.");
        }

        long after = 0, before = 0;
        if (after_id is not null && !Query.TryId(after_id, out after))
        {
            return Problems.Invalid("after_id", "A message id is a number.");
        }

        if (before_id is not null && !Query.TryId(before_id, out before))
        {
            return Problems.Invalid("before_id", "A message id is a number.");
        }

        var query = before_id is null ? MessageQuery.After(after, count, ReadReason.History) : MessageQuery.Before(before, count, ReadReason.History);
        if (!ChatId.TryParse(id, out var chatId) || await chats.ReadMessagesAsync(Owner.Of(context), chatId, query, context.RequestAborted) is not { } page)
        {
            return Problems.ChatNotFound();
        }

        var hasMore = page.Messages.Count > 0 && (before_id is null ? page.Messages[^1].Id < page.HeadId : page.Messages[0].PreviousId > 0);
        return Results.Json(new MessagesResponse(page.Epoch, page.HeadId, page.Messages, hasMore), HttpJson.Strict.MessagesResponse);
    }

    private static async Task<IResult> SendAsync(string id, HttpContext context, ChatService chats, DurableChatHttpOptions options)
    {
        using var body = await RequestBody.ReadAsync(context, HttpJson.Strict.SendMessageRequest, options.MaxBodyBytes);
        if (body.Problem is not null)
        {
            return body.Problem;
        }

        return body.Value!.Content is { } content
            ? await ExecuteAsync(id, context, chats, Command(body.Value, content), body.Fingerprint)
            : Problems.Invalid("content", "A message has a text.");
    }

    private static SendMessage Command(SendMessageRequest request, string content) =>
        new(content, request.BusyBehavior) { Model = request.Model, Settings = request.Settings };

    private static async Task<IResult> EditAsync(string id, string messageId, HttpContext context, ChatService chats, DurableChatHttpOptions options)
    {
        using var body = await RequestBody.ReadAsync(context, HttpJson.Strict.EditMessageRequest, options.MaxBodyBytes);
        if (body.Problem is not null)
        {
            return body.Problem;
        }

        if (!Query.TryId(messageId, out var number))
        {
            return Problems.Invalid("message_id", "A message id is a number.");
        }

        if (body.Value!.Content is not { } content)
        {
            return Problems.Invalid("content", "A message has a text.");
        }

        if (!ChatId.TryParse(id, out var chatId))
        {
            return Problems.ChatNotFound();
        }

        var fingerprint = body.Fingerprint;
        if (!Idempotency.TryRead(context, fingerprint, CommandResults.Outcome, out var idempotency, out var invalid))
        {
            return invalid!;
        }

        var (owner, request) = (Owner.Of(context), body.Value);
        return CommandResults.Accepted(
            await chats.EditAsync(
                owner, chatId, number, content, request.Model, request.Settings, idempotency, context.RequestAborted),
            fingerprint);
    }

    private static Task<IResult> InterruptAsync(string id, HttpContext context, ChatService chats) =>
        ExecuteAsync(id, context, chats, new Interrupt(), RequestBody.Fingerprint(context.Request));

    private static async Task<IResult> SubmitAsync(string id, HttpContext context, ChatService chats, DurableChatHttpOptions options)
    {
        using var body = await RequestBody.ReadAsync(context, HttpJson.Strict.ToolResultsRequest, options.MaxBodyBytes);
        if (body.Problem is not null)
        {
            return body.Problem;
        }

        var results = new List<ToolResultPart>();
        var requested = body.Value!.Results ?? [];
        for (var i = 0; i < requested.Count; i++)
        {
            if (requested[i] is not { CallId: { } callId })
            {
                return Problems.Invalid($"results[{i}].call_id", "A result names its call.");
            }

            var result = requested[i].Result;
            if (result.ValueKind == JsonValueKind.Undefined)
            {
                return Problems.Invalid($"results[{i}].result", "A result has a value.");
            }

            var text = result.ValueKind == JsonValueKind.String ? result.GetString()! : result.GetRawText();
            results.Add(new ToolResultPart(callId, text, requested[i].IsError));
        }

        return await ExecuteAsync(id, context, chats, new SubmitToolResults(results), body.Fingerprint);
    }

    /// <summary>Executes a command on a chat, at most once if the request has an idempotency key.</summary>
    internal static async Task<IResult> ExecuteAsync(string id, HttpContext context, ChatService chats, ChatCommand command, string fingerprint)
    {
        if (!ChatId.TryParse(id, out var chatId))
        {
            return Problems.ChatNotFound();
        }

        return Idempotency.TryRead(context, fingerprint, CommandResults.Outcome, out var idempotency, out var invalid)
            ? CommandResults.Accepted(await chats.ExecuteAsync(Owner.Of(context), chatId, command, idempotency, context.RequestAborted), fingerprint)
            : invalid!;
    }
}
