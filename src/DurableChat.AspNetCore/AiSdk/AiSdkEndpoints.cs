using DurableChat.AspNetCore.Bodies;
using DurableChat.AspNetCore.Endpoints;
using DurableChat.AspNetCore.Identity;
using DurableChat.AspNetCore.Wire;
using DurableChat.Chats;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>The endpoints for clients of the AI SDK, such as <c>useChat</c>: send, resume, history, stop.</summary>
internal static class AiSdkEndpoints
{
    private const int DefaultPage = 200;
    private const int MaxPage = 500;
    private const string EventStreamType = "text/event-stream";

    public static void Map(RouteGroupBuilder group, DurableChatHttpOptions options)
    {
        group.MapPost(string.Empty, (HttpContext context, AiSdkChats chats, AiSdkStream stream) => ChatAsync(context, chats, stream, options))
            .WithName("AiSdkChat").WithSummary("Sends, edits, regenerates or answers client-side tools, as useChat asks, and follows the answer: a UI message stream.")
            .Accepts<AiSdkChatRequest>("application/json").Produces(StatusCodes.Status200OK, contentType: EventStreamType)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status429TooManyRequests);
        group.MapGet("/{id}/stream", ResumeAsync)
            .WithName("AiSdkResume").WithSummary("Follows the running turn from its beginning: a UI message stream. 204 if none runs, or there is no such chat.")
            .Produces(StatusCodes.Status200OK, contentType: EventStreamType).Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status429TooManyRequests);
        group.MapGet("/{id}/messages", ListAsync)
            .WithName("AiSdkMessages").WithSummary("Reads the newest part of the history as UI messages, without the answer in flight; empty if there is no such chat. With before_id, the part before that message.")
            .Produces(StatusCodes.Status200OK, contentType: "application/json").ProducesProblem(StatusCodes.Status400BadRequest);
        MessageEndpoints.Command(group.MapPost("/{id}/stop", StopAsync)
            .WithName("AiSdkStop").WithSummary("Stops the running turn and keeps what was answered so far."));
    }

    private static async Task<IResult> ChatAsync(HttpContext context, AiSdkChats chats, AiSdkStream stream, DurableChatHttpOptions options)
    {
        // Each request contains the whole history.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = options.MaxAiSdkBodyBytes;
        }

        using var body = await RequestBody.ReadAsync(context, AiSdkJson.Lenient.AiSdkRequest, options.MaxAiSdkBodyBytes, AiSdkRequest.MessagesField);
        if (body.Problem is not null)
        {
            return body.Problem;
        }

        if (AiSdkCommand.Read(body.Value!, out var command) is { } problem)
        {
            return problem;
        }

        var owner = Owner.Of(context);
        return await stream.OpenAsync(context, owner, () => chats.ExecuteAsync(owner, command!, context.RequestAborted));
    }

    private static Task<IResult> ResumeAsync(string id, HttpContext context, AiSdkChats chats, AiSdkStream stream)
    {
        var owner = Owner.Of(context);
        return stream.OpenAsync(context, owner, () => chats.ResumeAsync(owner, id, context.RequestAborted));
    }

    private static async Task<IResult> ListAsync(string id, HttpContext context, AiSdkHistory history, string? before_id = null, string? limit = null)
    {
        if (!Query.TryLimit(limit, DefaultPage, MaxPage, out var count))
        {
            return Problems.Invalid("limit", $"The limit is a number from 1 to {MaxPage}.");
        }

        var before = long.MaxValue;
        if (before_id is not null && !Query.TryId(before_id, out before))
        {
            return Problems.Invalid("before_id", "A message id is a number.");
        }

        var owner = Owner.Of(context);
        var found = await history.FindChatAsync(owner, id, context.RequestAborted) is { } chat
            ? await history.ReadAsync(owner, chat.Id, before, count, context.RequestAborted)
            : null;
        return Results.Bytes(found is var (state, page) ? UiHistory.Write(page, state, isNewest: before_id is null) : UiHistory.Empty, "application/json");
    }

    private static async Task<IResult> StopAsync(string id, HttpContext context, ChatService chats, AiSdkHistory history)
    {
        var owner = Owner.Of(context);
        return await history.FindChatAsync(owner, id, context.RequestAborted) is { } chat
            ? CommandResults.Accepted(await chats.ExecuteAsync(owner, chat.Id, new Interrupt(), null, context.RequestAborted))
            : Problems.ChatNotFound();
    }
}
