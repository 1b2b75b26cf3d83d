using System.ComponentModel;
using System.Globalization;
using Microsoft.Extensions.AI;

namespace DurableChat.Models;

/// <summary>The built-in tool that returns the current time.</summary>
public static class CurrentTimeTool
{
    /// <summary>The name of the tool.</summary>
    public const string Name = "current_time";

    /// <summary>Creates the tool.</summary>
    public static AIFunction Create(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        return AIFunctionFactory.Create(
            ([Description("An IANA time zone such as 'Europe/Oslo'. UTC if left out.")] string? time_zone = null) =>
                Tell(time, time_zone),
            Name,
            "Tells the current date and time.");
    }

    private static string Tell(TimeProvider time, string? zoneId)
    {
        if (string.IsNullOrWhiteSpace(zoneId))
        {
            return $"{time.GetUtcNow().ToString("dddd, yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC";
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zoneId, out var zone))
        {
            throw new ToolInputException(
                "There is no such time zone. Name one of the IANA database, e.g. 'Europe/Oslo'.");
        }

        var local = TimeZoneInfo.ConvertTime(time.GetUtcNow(), zone);
        return $"{local.ToString("dddd, yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture)} ({zone.Id})";
    }
}
