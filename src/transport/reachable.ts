/** Whether WebRTC finds an address of this machine; without one, no peer reaches another. */

/**
 * Gathers candidates for a connection to nobody. Uses nothing outside itself, so that it can be sent into a page.
 * @param limitMs how long the system may take to name its addresses.
 */
export async function findsAddress(limitMs: number): Promise<boolean> {
  const connection = new RTCPeerConnection();
  try {
    return await new Promise<boolean>((resolve, reject) => {
      connection.onicecandidate = ({ candidate }) => resolve(candidate !== null && candidate.candidate !== '');
      setTimeout(() => resolve(false), limitMs);
      connection.createDataChannel('');
      connection.setLocalDescription().catch(reject);
    });
  } finally {
    connection.close();
  }
}
