using System.Text;
using System.Text.Json;
using DurableChat.Chats;
using DurableChat.Commits;
using Microsoft.AspNetCore.Http;

namespace DurableChat.AspNetCore.Wire;

/// <summary>Converts the results of commands into responses.</summary>
internal static class CommandResults
{
    /// <summary>The response that is stored and sent again when an idempotent command is repeated.</summary>
    public static string Outcome(Transition transition) => JsonSerializer.Serialize(CommandResponse.Of(transition), HttpJson.Strict.CommandResponse);

    /// <summary>The response that is stored and sent again when an idempotent creation is repeated.</summary>
    public static string CreationOutcome(Transition transition) => JsonSerializer.Serialize(ChatResponse.Of(transition.Next), HttpJson.Strict.ChatResponse);

    /// <summary>
    /// The response to a command: 202, since the turn that it may have started continues in the background.
    /// </summary>
    public static IResult Accepted(CommandResult result, string? fingerprint = null) => result switch
    {
        CommandResult.Committed committed => Json(Outcome(committed.Transition), StatusCodes.Status202Accepted),
        CommandResult.Unchanged { Chat: var chat } => Results.Json(new CommandResponse(chat.Id, chat.Version, chat.Status), HttpJson.Strict.CommandResponse, statusCode: StatusCodes.Status202Accepted),
        _ => Other(result, fingerprint, StatusCodes.Status202Accepted),
    };

    /// <summary>The response to a creation.</summary>
    public static IResult Created(CommandResult result, string? fingerprint, HttpContext context)
    {
        switch (result)
        {
            case CommandResult.Committed { Transition: var transition }:
                return CreatedAt(CreationOutcome(transition), context);
            case CommandResult.Repeated { Record: var record } when record.Fingerprint == fingerprint:
                return CreatedAt(record.Outcome, context);
            case CommandResult.NotFound:
                return Problems.KeySpent();
            default:
                return Other(result, fingerprint, StatusCodes.Status201Created);
        }
    }

    /// <summary>The response to a change of the chat itself.</summary>
    public static IResult Updated(CommandResult result) => result switch
    {
        CommandResult.Committed committed => Results.Json(ChatResponse.Of(committed.Transition.Next), HttpJson.Strict.ChatResponse),
        CommandResult.Unchanged unchanged => Results.Json(ChatResponse.Of(unchanged.Chat), HttpJson.Strict.ChatResponse),
        _ => Other(result, null, StatusCodes.Status200OK),
    };

    private static IResult CreatedAt(string outcome, HttpContext context)
    {
        using var chat = JsonDocument.Parse(outcome);
        context.Response.Headers.Location = $"{context.Request.PathBase}{context.Request.Path}/{chat.RootElement.GetProperty("id").GetString()}";
        return Json(outcome, StatusCodes.Status201Created);
    }

    private static IResult Other(CommandResult result, string? fingerprint, int status) => result switch
    {
        CommandResult.Refused refused => Problems.Of(refused.Refusal),
        CommandResult.Repeated { Record: var record } => record.Fingerprint == fingerprint ? Json(record.Outcome, status) : Problems.KeyReused(),
        _ => Problems.ChatNotFound(),
    };

    private static IResult Json(string json, int status) => Results.Text(json, "application/json", Encoding.UTF8, status);
}
