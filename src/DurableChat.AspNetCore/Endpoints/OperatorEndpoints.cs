using DurableChat.AspNetCore.Wire;
using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DurableChat.AspNetCore.Endpoints;

/// <summary>The operators' view: the replicas of the cluster, and the feeds of the replica that answers.</summary>
internal static class OperatorEndpoints
{
    private const int DefaultPage = 100;
    private const int MaxPage = 1_000;

    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("/ops/replicas", ListReplicasAsync)
            .WithName("ListReplicas").WithSummary("Lists the replicas of the cluster: those heard of last first. For operators.")
            .Produces<ReplicaListResponse>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status403Forbidden);
        group.MapGet("/ops/feeds", List)
            .WithName("ListFeeds").WithSummary("Lists what this replica has in memory of chats: those with most subscribers first. For operators.")
            .Produces<FeedListResponse>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status403Forbidden);
        group.MapGet("/ops/feeds/{chat}", Get)
            .WithName("GetFeed").WithSummary("Reads what this replica has in memory of one chat, with the positions of its subscribers. For operators.")
            .Produces<FeedReport>().ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> ListReplicasAsync(ILeaseStore leases, FeedInspector feeds, DurableChatOptions options, CancellationToken cancellationToken, string? limit = null)
    {
        if (!Query.TryLimit(limit, DefaultPage, MaxPage, out var count))
        {
            return InvalidLimit();
        }

        var lease = options.Worker.LeaseDuration;
        var replicas = await leases.ListReplicasAsync(count, cancellationToken);
        return Results.Json(
            new ReplicaListResponse(
                feeds.Replica,
                lease.TotalSeconds,
                [.. replicas.Select(replica => new ReplicaResponse(replica.Id, replica.Address, replica.HeartbeatAge <= lease, replica.HeartbeatAge.TotalSeconds, replica.Leases))]),
            HttpJson.Strict.ReplicaListResponse);
    }

    private static IResult List(FeedInspector feeds, string? limit = null) =>
        Query.TryLimit(limit, DefaultPage, MaxPage, out var count)
            ? Results.Json(new FeedListResponse(feeds.Replica, feeds.Count, feeds.Bytes, feeds.InDoubt, feeds.LeasesWithoutRun, feeds.OldestTurn.TotalSeconds, feeds.List(count)), HttpJson.Strict.FeedListResponse)
            : InvalidLimit();

    private static IResult Get(string chat, FeedInspector feeds) =>
        ChatId.TryParse(chat, out var id) && feeds.Find(id) is { } report
            ? Results.Json(report, HttpJson.Strict.FeedReport)
            : Problems.FeedNotFound();

    private static IResult InvalidLimit() => Problems.Invalid("limit", $"The limit is a number from 1 to {MaxPage}.");
}
