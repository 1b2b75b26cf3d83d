namespace DurableChat.Server.Limits;

/// <summary>Puts the limit on requests into the application.</summary>
internal static class RequestRateExtensions
{
    /// <summary>Counts the requests to endpoints that are marked so.</summary>
    public static IApplicationBuilder UseRequestRate(this IApplicationBuilder app)
    {
        var rate = app.ApplicationServices.GetRequiredService<RequestRate>();
        return app.Use(next => context => rate.ServeAsync(context, next));
    }

    /// <summary>Counts the requests to these endpoints. Health, the page and its files are not counted.</summary>
    public static TBuilder LimitRate<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder =>
            endpoints.WithMetadata(new RequestRate.Counted()).ProducesProblem(StatusCodes.Status429TooManyRequests);
}
