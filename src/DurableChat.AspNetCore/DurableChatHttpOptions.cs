using System.ComponentModel.DataAnnotations;

namespace DurableChat.AspNetCore;

/// <summary>Settings of the HTTP endpoints.</summary>
public sealed record DurableChatHttpOptions
{
    /// <summary>How large a request body may be, in bytes. Default 1 MiB.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaxBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// How large the body of a request of the AI SDK may be, in bytes: its clients send the whole history with each
    /// message. Default 8 MiB.
    /// </summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaxAiSdkBodyBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>
    /// How many values (objects, lists, strings, numbers) the JSON of a request may have. Of a history of the AI SDK
    /// only the last message counts. Default 100,000.
    /// </summary>
    [Range(1_000, 10_000_000)]
    public int MaxBodyValues { get; set; } = 100_000;

    /// <summary>
    /// How much memory the bodies of all requests under way may take on this replica, in bytes: their length, and
    /// about 100 for each JSON value. More are refused with 503. Bodies beyond 64 KiB leave an eighth of it to small
    /// ones. Default 128 MiB, or eight times an owner's if that is more.
    /// </summary>
    [Range(1024, 64L * 1024 * 1024 * 1024)]
    public long? MaxBodyBytesInFlight { get; set; }

    /// <summary>
    /// The same for the requests of one owner, which are refused with 429. Default 16 MiB, or twice the largest body
    /// if that is more.
    /// </summary>
    [Range(1024, 64L * 1024 * 1024 * 1024)]
    public long? MaxBodyBytesInFlightOfOwner { get; set; }

    internal long BodyBytesInFlightOfOwner =>
        MaxBodyBytesInFlightOfOwner ?? Math.Max(16 * 1024 * 1024, 2 * LargestBody);

    internal long BodyBytesInFlight =>
        MaxBodyBytesInFlight ?? Math.Max(128 * 1024 * 1024, 8 * BodyBytesInFlightOfOwner);

    private long LargestBody => Math.Max(MaxBodyBytes, MaxAiSdkBodyBytes);

    /// <summary>How many streams one owner may have open on this replica. Default 1,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxStreamsPerOwner { get; set; } = 1_000;

    /// <summary>How often an idle stream sends a heartbeat, so that proxies keep it open. Default 15 seconds.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long a stopping server keeps serving while it reports that it is not ready, so that load balancers notice.
    /// None by default; the server uses 5 seconds if it listens beyond this machine.
    /// </summary>
    public TimeSpan? DrainDelay { get; set; }

    /// <summary>How long a ticket can open its stream. Default one minute.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan TicketLifetime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long a stream that was opened by a ticket lasts, counted from when the ticket was issued. Its client then
    /// reconnects with a new ticket, so a caller who has lost access stops receiving after this time at the latest. A
    /// stream also ends when the token expires with which its ticket was requested. Default one hour.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan TicketStreamTime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long a client may read too slowly before its connection is cut. Because of system buffers, a very slow
    /// client looks like one that does not read at all. The client can reconnect and resume. 2 seconds to a day;
    /// default 2 minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:02", "1.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How long a client may leave a WebSocket ping unanswered before its connection is cut. A ping is queued after
    /// everything sent before it, which may be megabytes in the buffers of systems and proxies, so a slow but healthy
    /// client may need minutes. 2 seconds to a day; default 5 minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:02", "1.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan PingTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How many bytes a client may send over the WebSocket of a stream per minute: pings, pongs and its close, each at
    /// least 6 bytes. A client that sends more, or sends any message, is closed with code 1008. Default 65,536.
    /// </summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public int MaxWebSocketBytesPerMinute { get; set; } = 64 * 1024;

    /// <summary>
    /// Origins, such as <c>https://app.example.com</c>, whose pages may call the endpoints in addition to the server's
    /// own.
    /// </summary>
    public IReadOnlyList<string> AllowedOrigins { get; set; } = [];

    /// <summary>Validates the options. Returns sentences that name the setting; empty if all are valid.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<ValidationResult>();
        Validator.TryValidateObject(this, new ValidationContext(this), problems, validateAllProperties: true);
        if (HeartbeatInterval <= TimeSpan.Zero || HeartbeatInterval > TimeSpan.FromDays(1))
        {
            problems.Add(new ValidationResult("HeartbeatInterval must be more than zero and at most a day."));
        }

        if (BodyBytesInFlightOfOwner < LargestBody)
        {
            problems.Add(
                new ValidationResult(
                    "MaxBodyBytesInFlightOfOwner must be at least MaxBodyBytes and MaxAiSdkBodyBytes, or the largest "
                        + "bodies would never be accepted."));
        }

        if (BodyBytesInFlight < BodyBytesInFlightOfOwner)
        {
            problems.Add(new ValidationResult("MaxBodyBytesInFlight must be at least MaxBodyBytesInFlightOfOwner."));
        }

        if (DrainDelay < TimeSpan.Zero || DrainDelay > TimeSpan.FromHours(1))
        {
            problems.Add(new ValidationResult("DrainDelay must not be negative, and at most an hour."));
        }

        return [.. problems.Select(problem => problem.ErrorMessage!)];
    }
}
