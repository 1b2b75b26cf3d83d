export const OpsPage = () => <div class="page" />;
