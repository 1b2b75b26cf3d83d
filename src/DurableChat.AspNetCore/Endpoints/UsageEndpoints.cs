using System.Globalization;
using DurableChat.AspNetCore.Identity;
using DurableChat.AspNetCore.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DurableChat.AspNetCore.Endpoints;

/// <summary>The usage and cost of the caller's model calls.</summary>
internal static class UsageEndpoints
{
    private const int DefaultDays = 30;
    private const int MaxDays = 366;

    public static void Map(RouteGroupBuilder group) => group
        .MapGet("/usage", ReadAsync)
        .WithName("GetUsage")
        .WithSummary("Reads what your model calls have cost, for each day (UTC) and model; of the last 30 days by default.")
        .Produces<UsageResponse>().ProducesProblem(StatusCodes.Status400BadRequest);

    private static async Task<IResult> ReadAsync(
        HttpContext context, ChatService chats, TimeProvider time, string? from = null, string? to = null)
    {
        var last = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        if (to is not null && !TryDay(to, out last))
        {
            return NoDay("to");
        }

        // Clamped to the first day that a date can represent.
        var first = DateOnly.FromDayNumber(Math.Max(0, last.DayNumber - DefaultDays + 1));
        if (from is not null && !TryDay(from, out first))
        {
            return NoDay("from");
        }

        if (first > last)
        {
            return Problems.Invalid("from", "'from' must not be after 'to'. Without 'to' that is today (UTC).");
        }

        if (last.DayNumber - first.DayNumber >= MaxDays)
        {
            return Problems.Invalid("from", $"Ask for at most {MaxDays} days.");
        }

        var days = await chats.ReadUsageAsync(Owner.Of(context), first, last, context.RequestAborted);
        var response = new UsageResponse(first, last, [.. days.Select(UsageEntry.Of)]);
        return Results.Json(response, HttpJson.Strict.UsageResponse);
    }

    private static bool TryDay(string text, out DateOnly day) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);

    private static IResult NoDay(string field) =>
        Problems.Invalid(field, $"'{field}' must be a day such as 2026-11-30.");
}
