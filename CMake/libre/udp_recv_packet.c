

/* From here on: appended by Milliwatt's build (Scripts/fetch-sip-stack). Later versions of libre have a function of this name
   that does the same; with it a packet can be read outside of libre's loop and still pass the socket's helpers. */
void udp_recv_packet(struct udp_sock *us, const struct sa *src,
		     struct mbuf *mb);

void udp_recv_packet(struct udp_sock *us, const struct sa *src,
		     struct mbuf *mb)
{
	struct sa from = *src;  /* a helper may write into it */
	struct le *next = us->helpers.head;

	while (next) {
		struct udp_helper *helper = next->data;

		next = next->next;  /* the helper may go away */
		if (helper->recvh(&from, mb, helper->arg))
			return;
	}

	us->rh(&from, mb, us->arg);
}
