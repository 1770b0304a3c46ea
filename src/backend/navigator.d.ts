/** Node's `navigator`, for the project that has no DOM: newer versions have one, and Dawn adds a GPU to it. */
declare var navigator: NavigatorGPU | undefined;
