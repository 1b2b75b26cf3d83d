using System.ComponentModel.DataAnnotations;
using DurableChat.Server.Configuration;

namespace DurableChat.Server.Limits;

/// <summary>
/// The configuration section <c>Http:Limits</c>: what one caller, and all connections together, may ask of this
/// replica. A client that exceeds a limit is refused, and delays no other client.
/// </summary>
internal sealed class HttpLimits
{
    private const string Section = "Http:Limits";
    private const string Shortest = "00:00:01";
    private const string Longest = "1.00:00:00";

    /// <summary>
    /// How many requests of one owner are answered per second, in the long run; 0 for any number. A body counts as one
    /// further request for each 4 KiB. Without authentication nothing is
    /// counted.
    /// </summary>
    [Range(0, 1_000_000)]
    public int RequestsPerSecond { get; set; } = 50;

    /// <summary>How many requests of one owner may come at once, after a time without any.</summary>
    [Range(1, 10_000_000)]
    public int RequestBurst { get; set; } = 200;

    /// <summary>
    /// How many connections may be open at once, streams, WebSockets and those that say nothing included; 0 for any
    /// number. By default as many as the limit of open files has room for, beside what the process needs itself. A
    /// connection above it takes the place of the one that has had no request for longest; connections without an
    /// authenticated request so far give way first, as long as they have half of the places.
    /// </summary>
    [Range(0, 10_000_000)]
    public int? MaxConnections { get; set; }

    /// <summary>How many headers a request may have.</summary>
    [Range(10, 10_000)]
    public int MaxHeaders { get; set; } = 100;

    /// <summary>How large the headers of a request may be together, in bytes.</summary>
    [Range(1024, 1024 * 1024)]
    public int MaxHeaderBytes { get; set; } = 32 * 1024;

    /// <summary>How long the headers of a request may take to come.</summary>
    [Range(typeof(TimeSpan), Shortest, Longest, ParseLimitsInInvariantCulture = true)]
    public TimeSpan HeadersTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How many bytes of a body have to come per second; 0 for any number.</summary>
    [Range(0, 1024 * 1024)]
    public int MinBodyBytesPerSecond { get; set; } = 240;

    /// <summary>How long a body may come more slowly than that.</summary>
    [Range(typeof(TimeSpan), "00:00:01.001", Longest, ParseLimitsInInvariantCulture = true, ErrorMessage = "BodyGraceTime must be more than a second and at most a day.")]
    public TimeSpan BodyGraceTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a connection may be open without a request: a new one that says nothing, or one that is kept for the
    /// next.
    /// </summary>
    [Range(typeof(TimeSpan), Shortest, Longest, ParseLimitsInInvariantCulture = true)]
    public TimeSpan IdleConnectionTime { get; set; } = TimeSpan.FromSeconds(130);

    /// <summary>Reads them.</summary>
    /// <exception cref="ConfigurationException">A value is not possible. The message names it.</exception>
    public static HttpLimits Read(IConfiguration configuration)
    {
        var limits = Settings.Read<HttpLimits>(configuration, Section) ?? new HttpLimits();
        var problems = new List<ValidationResult>();
        return Validator.TryValidateObject(limits, new ValidationContext(limits), problems, validateAllProperties: true)
            ? limits
            : throw new ConfigurationException($"The configuration is wrong. {string.Join(' ', problems.Select(problem => $"{Section}: {problem.ErrorMessage}"))}");
    }
}
